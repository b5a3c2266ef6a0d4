"""How an old program is run unmodified.

`launcher` runs a script, a module or a notebook; `preparation` puts in place
what it needs (the import hook, repairs, seeds, devices, figures) and takes it
back. Only the command line, `compare` and the notebook extension use this
package.
"""
