"""Replacements for standard modules that are gone."""
