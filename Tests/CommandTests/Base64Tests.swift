import Testing

@testable import Command

@Test(arguments: [
  ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
  ("foobar", "Zm9vYmFy"), ("ä:\u{7F}", "w6Q6fw==")
])
func base64(text: String, encoded: String) {
  #expect(Base64.encode(Array(text.utf8)) == encoded)
  #expect(Base64.decode(encoded) == Array(text.utf8))
  #expect(Base64.decode(encoded.filter { $0 != "=" } + "\n") == Array(text.utf8))
}

@Test func invalidBase64IsRejected() { #expect(Base64.decode("a b") == nil && Base64.decode("a*bc") == nil) }
