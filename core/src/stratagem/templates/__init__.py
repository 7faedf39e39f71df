"""Templates: ``{{ … }}`` in the config of nodes, and the expressions of ``when``.

    value       12  1.5  'text'  "text"  true false null  [a, b]  {'key': a}
    path        a.b[0]['k']  a[b]  node.port  $currentDate        exact look-ups in dicts and lists only
    filter      x | name  x | name(arguments)                     the names are in `FILTERS`, and ``default``
    operators   -x   * / // %   + -   == != < <= > >= in, not in   not   and   or   x if c else y

That is their order from the tightest. Comparisons do not chain. ``and`` and ``or`` look at the second operand only if
need be and give the operand that decided, as Python's do. ``+`` adds numbers, joins texts and joins lists. A text that
is one ``{{ … }}`` keeps the type of its value; within more text, nothing (null) is empty, booleans are ``true`` and
``false``, lists and dicts compact JSON. ``| default(x)`` gives x where a name or entry on its left does not exist.
Two braces are written ``{{ '{{' }}``; closing ones outside of an expression are text. In strings, a backslash escapes
quotes, backslash, slash, ``n``, ``t``, ``r`` and ``uXXXX``. There is no attribute access, no call, no code.

Sizes are capped (`stratagem.templates.caps`). Nothing but BadInput and UndefinedName is raised.
"""
