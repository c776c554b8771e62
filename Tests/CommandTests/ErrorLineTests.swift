import Testing

@testable import Command

/// Real output of these programs, with shortened stacks: node 20.20, python 3.11, pip 23, npm 9 and 10, java 17, go
/// 1.19, ruby 3.1, rustc 1.63, gcc 12, tsc 5.
private let outputs: [(text: String, want: String)] = [
  (
    """
    node:internal/modules/cjs/loader:1210
      throw err;
      ^

    Error: Cannot find module './nope'
    Require stack:
    - /tmp/lw/a.js
        at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15) {
      code: 'MODULE_NOT_FOUND',
      requireStack: [ '/tmp/lw/a.js' ]
    }

    Node.js v20.20.2
    """, "Error: Cannot find module './nope'"
  ),
  (
    """
    node:events:502
          throw er; // Unhandled 'error' event
          ^

    Error: listen EADDRNOTAVAIL: address not available 1.2.3.4:1
        at Server.setupListenHandle [as _listen2] (node:net:1886:21)
    Emitted 'error' event on Server instance at:
        at emitErrorNT (node:net:1944:8) {
      code: 'EADDRNOTAVAIL',
    }

    Node.js v20.20.2
    """, "Error: listen EADDRNOTAVAIL: address not available 1.2.3.4:1"
  ),
  (
    """
    /srv/b.js:1
    TypeError [ERR_INVALID_ARG_TYPE]: The "path" argument must be of type string. Received undefined
        at Object.<anonymous> (/tmp/lw/b.js:1:7)

    Node.js v18.20.4
    """, "TypeError [ERR_INVALID_ARG_TYPE]: The \"path\" argument must be of type string. Received undefined"
  ),
  (
    """
    Traceback (most recent call last):
      File "/tmp/lw/a.py", line 5, in <module>
        f()
    ValueError: bad port

    The above exception was the direct cause of the following exception:

    Traceback (most recent call last):
      File "/tmp/lw/a.py", line 7, in <module>
        raise RuntimeError("cannot start\\nsecond line") from e
    RuntimeError: cannot start
    second line
    """, "RuntimeError: cannot start"
  ),
  (
    """
    Traceback (most recent call last):
      File "/app/manage.py", line 22, in <module>
    django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.
    """, "django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty."
  ),
  (
    """
    Looking in links: /opt/wheels
    ERROR: Could not find a version that satisfies the requirement nosuchpkg==9.9 (from versions: none)
    ERROR: No matching distribution found for nosuchpkg==9.9

    [notice] A new release of pip is available: 23.0.1 -> 24.0
    [notice] To update, run: pip install --upgrade pip
    """, "ERROR: No matching distribution found for nosuchpkg==9.9"
  ),
  (
    """
    npm error code EUSAGE
    npm error
    npm error The `npm ci` command can only install with an existing package-lock.json or
    npm error npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or
    npm error
    npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-30T04_23_45_894Z-debug-0.log
    """, "npm error The `npm ci` command can only install with an existing package-lock.json or"
  ),
  (
    """
    npm ERR! code E404
    npm ERR! 404 Not Found - GET https://registry.npmjs.org/nosuch - Not found
    npm ERR! 404
    npm ERR! A complete log of this run can be found in: /root/.npm/_logs/x-debug-0.log
    """, "npm ERR! 404 Not Found - GET https://registry.npmjs.org/nosuch - Not found"
  ),
  (
    """
    > build
    > tsc

    src/a.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.
    npm ERR! code ELIFECYCLE
    npm ERR! errno 2
    npm ERR! x@1.0.0 build: `tsc`
    npm ERR! Exit status 2
    """, "src/a.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'."
  ),
  (
    """
    Exception in thread "main" java.lang.IllegalStateException: cannot start
    \tat A.main(A.java:1)
    Caused by: java.lang.NumberFormatException: For input string: "x"
    \tat java.base/java.lang.NumberFormatException.forInputString(NumberFormatException.java:67)
    \t... 12 more
    """, "Caused by: java.lang.NumberFormatException: For input string: \"x\""
  ),
  (
    """
    Exception in thread "main" java.lang.IllegalStateException: cannot start
    \tat A.main(A.java:1)
    """, "Exception in thread \"main\" java.lang.IllegalStateException: cannot start"
  ),
  (
    """
    listening
    panic: runtime error: index out of range [5] with length 3

    goroutine 1 [running]:
    main.main()
    \t/src/main.go:9 +0x1d
    exit status 2
    """, "panic: runtime error: index out of range [5] with length 3"
  ),
  (
    """
    # example.com/web
    ./main.go:5:2: undefined: foo
    """, "./main.go:5:2: undefined: foo"
  ),
  (
    """
    app.rb:3:in `start': no port (RuntimeError)
    \tfrom app.rb:5:in `<main>'
    """, "app.rb:3:in `start': no port (RuntimeError)"
  ),
  (
    "a.c: In function 'main':\na.c:1:14: error: 'x' undeclared\n    1 | int main() { x; }\n      |              ^",
    "a.c:1:14: error: 'x' undeclared"
  ),
  (
    "2026-11-30 04:23:45 ERROR [main] no database\n2026-11-30 04:23:45 INFO bye",
    "2026-11-30 04:23:45 ERROR [main] no database"
  ),
  ("one\ntwo", "two"), ("boom", "boom")
]

@Test(arguments: outputs.indices) func theLineWithTheError(index: Int) {
  #expect(errorLine(outputs[index].text.split(separator: "\n").map(String.init)) == outputs[index].want)
}

/// Whole, whatever its length: half a line may mean something else.
@Test func aWholeLine() {
  let line = "Error: " + String(repeating: "x", count: 5_000)
  #expect(errorLine([line, "Node.js v20.20.2"]) == line)
  #expect(errorLine([]) == nil)
}

@Test func readOnlyRootFileSystems() {
  #expect(
    isReadOnly(["OSError: [Errno 30] Read-only file system: '/app/x'"])
      && isReadOnly(["Error: EROFS: read-only file system, open '/x'"]))
  #expect(!isReadOnly(["read me only"]))
}
