"""The web pages: rendered here, in English and German, usable with nothing but a browser.

visits      one request of a browser: address, language, cookie, who is signed in; `visited`, `signed_in`
sessions    `WebSession`, kept in the store under the hash of its cookie
pages       `page(request, template, ...)`, headers, errors as pages
forms       `form(request)`: a body whose sender is the page itself
texts       the catalogues
routes      where everything is
"""
