import Records
import Testing

@testable import Helm

@Test func authors() {
  #expect(Author.of(App(name: "web", dir: "/src/web", by: "ann@laptop:/x")) == "ann@laptop:/x")
  #expect(Author.of(App(name: "web", dir: "/src/web")).hasSuffix(":/src/web"))
  #expect(Author.cleaned("a\nb\u{1B}[0m" + String(repeating: "x", count: 1_000)).count == 512)
}
