"""The Python example of the specification, in a program that gives it a password as urllib2 has them."""

import json
import sys
import urllib.request

from python2 import run

facts = json.load(sys.stdin)
passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
passwords.add_password(None, facts["base_url"], facts["user"], facts["password"])
basic = urllib.request.HTTPBasicAuthHandler(passwords)
urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({}), basic))

example = {}
run("import urllib\nimport urllib2\n" + facts["example"], "example", example)
example["tweet"](facts["base_url"], facts["message"], facts["groups"])
