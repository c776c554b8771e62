import Records
import Testing

@testable import Detection

private let flask = "from flask import Flask\napp = Flask(__name__)\n"

@Test func flaskWithItsOwnServer() throws {
  let tree = Tree([
    "app.py": flask + "if __name__ == '__main__':\n    app.run(host='0.0.0.0', port=8080)\n",
    "requirements.txt": "Flask[async]>=3 # web\n"
  ])
  let language = try detect(tree.path)
  #expect(
    language.framework == "flask" && language.port == 8080 && language.start == "python app.py"
      && language.packageManager == "pip")
}

@Test func flaskWithoutOne() throws {
  let tree = Tree(["web.py": flask, "requirements.txt": "flask\n"])
  #expect(try detect(tree.path).start == "flask --app web run --host 0.0.0.0 --port 8080")
  tree.write("requirements.txt", "flask\ngunicorn==22\n")
  #expect(try detect(tree.path).start == "gunicorn --bind 0.0.0.0:8080 web:app")
  // The same with Windows line ends.
  let windows = Tree([
    "web.py": "from flask import Flask\r\napp = Flask(__name__)\r\n", "requirements.txt": "flask\r\ngunicorn==22\r\n"
  ])
  #expect(try windows.language().start == "gunicorn --bind 0.0.0.0:8080 web:app")
}

@Test func fastAPI() throws {
  let tree = Tree([
    "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    "pyproject.toml": "[project]\nrequires-python = \">=3.10\"\ndependencies = [\"fastapi>=0.1\", \"uvicorn\"]\n",
    "uv.lock": ""
  ])
  let language = try detect(tree.path)
  #expect(
    language.framework == "fastapi" && language.packageManager == "uv"
      && language.start == "uvicorn main:app --host 0.0.0.0 --port 8080")
  #expect(language.version == ">=3.10" && language.versionSource == "pyproject.toml")
}

@Test func django() throws {
  let tree = Tree(["manage.py": "x\n", "site/wsgi.py": "x\n", "requirements.txt": "Django>=5\n"])
  #expect(try detect(tree.path).start == "python manage.py runserver 0.0.0.0:8080")
  tree.write("requirements.txt", "Django>=5\ngunicorn\n")
  let language = try detect(tree.path)
  #expect(language.framework == "django" && language.start == "gunicorn --bind 0.0.0.0:8080 site.wsgi")
}

@Test func poetryAndPipenv() throws {
  let tree = Tree([
    "main.py": "x\n", "pyproject.toml": "[tool.poetry.dependencies]\npython = \"^3.11\"\nflask = \"^3\"\n",
    "poetry.lock": ""
  ])
  let poetry = try detect(tree.path)
  #expect(poetry.packageManager == "poetry" && poetry.framework == "flask" && poetry.version == "^3.11")
  let other = try Tree([
    "main.py": "x\n", "Pipfile": "[packages]\nflask = \"*\"\n[requires]\npython_version = \"3.9\"\n"
  ]).language()
  #expect(
    other.packageManager == "pipenv" && other.framework == "flask" && other.version == "3.9"
      && other.versionSource == "Pipfile")
}

@Test func express() throws {
  let tree = Tree([
    "server.js": "const app = require('express')()\nconst port = process.env.PORT || 3000\napp.listen(port)\n",
    "package.json":
      #"{"dependencies":{"express":"^4"},"engines":{"node":"20.x"},"scripts":{"start":"node server.js"}}"#,
    "yarn.lock": ""
  ])
  let language = try detect(tree.path)
  #expect(language.framework == "express" && language.port == 3000 && language.start == "node server.js")
  #expect(language.packageManager == "yarn" && language.version == "20.x" && language.versionSource == "package.json")
  tree.write(".nvmrc", "v18.20.1\n")
  #expect(try detect(tree.path).version == "18.20.1")
  tree.write(
    "package.json",
    #"{"packageManager":"pnpm@9.1.0","scripts":{"start":"next start -p $PORT"},"dependencies":{"next":"1"}}"#)
  let next = try detect(tree.path)
  #expect(next.packageManager == "pnpm" && next.framework == "next" && next.start == "npm start")
}

@Test func typeScriptIsServedByThePackOfJavaScript() throws {
  let tree = Tree(["src/index.ts": "app.listen(4000)\n", "package.json": "{}", "tsconfig.json": "{}"])
  let language = try detect(tree.path)
  #expect(language.name == "TypeScript" && language.port == 4000)
  #expect(Detection.packs(for: language.name) == ["typescript", "javascript"])
}

@Test func gin() throws {
  let tree = Tree([
    "cmd/web/main.go": "package main\nfunc main() { r.Run(\":9090\") }\n",
    "go.mod":
      "module x\n\ngo 1.22\n\ntoolchain go1.23.4\n\nrequire (\n\tgithub.com/gin-gonic/gin "
      + "v1.9.0\n\tgithub.com/labstack/echo/v4 v4.0.0\n)\n"
  ])
  let language = try detect(tree.path)
  #expect(
    language.framework == "gin" && language.port == 9090 && language.start == "go run ./cmd/web"
      && language.version == "1.23.4")
}

@Test func brokenManifestsTellNothing() throws {
  let language = try Tree(["server.js": "x\n", "package.json": "{ not json", ".nvmrc": "a b\u{1}c\n"]).language()
  #expect(language.framework == nil && language.version == nil && language.start == "node server.js")
}

@Test func aProcfileHasTheStartCommand() throws {
  #expect(
    try Tree(["app.py": "x\n", "Procfile": "worker: x\nweb: gunicorn app:app -b :$PORT\n"]).language().start
      == "gunicorn app:app -b :$PORT")
}

@Test(
  arguments: [
    ("app.run(port=8080)", 8080), ("app.run(\"0.0.0.0\", 8080)", 8080),
    ("app.run(port=int(os.environ.get('PORT', 5001)))", 5001),
    ("PORT = 9000", 9000), ("port = int(os.getenv(\"PORT\") or 7000)", 7000), ("# app.run(port=8080)", nil),
    ("app.run(port=5432)", nil),
    ("connect(port=6379)", nil), ("app.run(port=808080)", nil), ("app.run(port=80.5)", nil),
    ("app.run(port=PORT)", nil), ("transport=8080", nil), ("server_port = 8081", 8081)
  ] as [(String, Int?)])
func portsOfPython(_ line: String, _ port: Int?) throws {
  #expect(try Tree(["app.py": line + "\n"]).language().port == port)
}

@Test func twoPortsAreNoAnswer() throws {
  #expect(try Tree(["a.py": "x.run(port=8080)\n", "b.py": "x.run(port=8081)\n"]).language().port == nil)
  #expect(try Tree(["app.py": "x.run(port=8080)\n", "metrics.py": "x.run(port=8081)\n"]).language().port == 8080)
}

@Test(
  arguments: [
    (">=3.9", "3.13"), ("3.11", "3.11"), ("3.11.4", "3.11.4"), ("==3.10.*", "3.10"), (">=3.9,<3.12", "3.11"),
    ("<3.12", "3.11"), ("<=3.12", "3.12"),
    ("~=3.11", "3.13"), ("~=3.11.2", "3.11"), ("^3.11", "3.13"), (">=3.14", "3.14"), (">= 3.8, != 3.9.*", "3.13"),
    ("3.13", "3.13"), ("<4", "3.13"),
    ("pypy3.9", nil), ("*", "3.13"), ("nonsense", nil), ("3.x", "3.13"), ("^9223372036854775807", nil),
    ("<=9223372036854775807", nil), ("<0", nil)
  ] as [(String, String?)])
func versionsOfPython(_ asked: String, _ image: String?) {
  #expect(
    Detection.imageVersion(for: Language(name: "Python", certainty: 100, version: asked), standard: "3.13") == image)
}

@Test(
  arguments: [
    (">=18", "22"), ("20", "20"), ("20.x", "20"), ("v20.11.1", "20.11.1"), ("18 || 20", "20"), ("18 || 20 || 22", "22"),
    (">=16 <19", "18"), ("^20.1", "20"),
    ("lts/iron", "20"), ("lts/*", nil), ("node", nil), ("~18.2", "18"), (">=18.17.0", "22"), ("<20", "19")
  ] as [(String, String?)])
func versionsOfNode(_ asked: String, _ image: String?) {
  #expect(
    Detection.imageVersion(for: Language(name: "JavaScript", certainty: 100, version: asked), standard: "22") == image)
}

@Test(arguments: [("1.21", "1.24"), ("1.24.1", "1.24"), ("1.25", "1.25"), ("1.25.3", "1.25")])
func versionsOfGo(_ asked: String, _ image: String) {
  #expect(Detection.imageVersion(for: Language(name: "Go", certainty: 100, version: asked), standard: "1.24") == image)
}
