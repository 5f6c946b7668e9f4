"""The course as a static folder: a page for each lab, live in the browser. `python -m dlcourse site OUT` writes it.

build.py     at the desk: the notebooks' labs, their stored pictures and sentences, and what each page needs
cells.py     from a notebook's cells to the few lines that one lab needs
pyodide.py   Python for the browser: which files, how they are checked
front.py     in the browser: the notebook's own machinery, speaking to the page
worker.js    Pyodide in a worker; lab.js, site.css, page.html   the page
"""
