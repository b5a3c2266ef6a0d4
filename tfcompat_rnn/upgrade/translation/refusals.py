"""What cannot be translated, and the next step."""


class Refused(ValueError):
  """`line`: where; `text`: why, and what to write instead."""

  def __init__(self, line, text):
    super().__init__(text)
    self.line = line
    self.text = text


# builtin of Python 2 -> why its use is refused
BUILTINS = {
    "eval": "`eval` takes its text as Python 2; write what the text says, or "
            "`ast.literal_eval` for data",
    "execfile": "`execfile` takes a file as Python 2; write `import`",
    "input": "`input` takes what is typed as Python 2; write "
             "`ast.literal_eval(raw_input())`",
    "__import__": "`__import__` finds the modules of Python 2; write `import`",
    "exec": "`exec` takes its text as Python 2; write what the text says",
}
