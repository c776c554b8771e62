import Command
import Testing

@testable import Storage

@Test func profilesAreReadAsTheAWSCommandLineDoes() {
  let text = """
    # a comment
    [default]
    region = eu-west-1
    [profile  ci]
    aws_access_key_id=AKID
    aws_secret_access_key = a=b/c+d
    s3 =
        addressing_style = virtual
        endpoint_url = https://s3.example.com
    endpoint_url = https://example.com
    [other]
    region = us-west-2
    """
  #expect(AWSAccount.parse(text, ["default", "profile default"])?["region"] == "eu-west-1")
  let ci = AWSAccount.parse(text, ["profile ci"])
  #expect(ci?["aws_secret_access_key"] == "a=b/c+d")
  #expect(ci?["s3.addressing_style"] == "virtual")
  #expect(ci?["endpoint_url"] == "https://example.com")
  #expect(ci?["s3.endpoint_url"] == "https://s3.example.com")
  #expect(ci?["region"] == nil)
  #expect(AWSAccount.parse(text, ["profile none"]) == nil)
}

@Test func aPathIsInCanonicalForm() {
  #expect(encodedPath("a b+c/é//~x:y%/..") == "a%20b%2Bc/%C3%A9//~x%3Ay%25/..")
  #expect(decodedPercent("a%20b%2Bc%C3%A9%zz%4") == "a b+cé%zz%4")
}

@Test func elementsAreFoundWhateverTheirPrefix() {
  let text = "<a><Key>x &amp; y</Key><D:href x='1'>/a</D:href><Key/><Keys>no</Keys><Key>z</Key>"
  #expect(XML.texts("Key", in: Array(text.utf8)) == ["x & y", "z"])
  #expect(XML.text("href", in: Array(text.utf8)) == "/a")
  #expect(XML.texts("Key", in: Array("<Key".utf8)).isEmpty)
  #expect(XML.texts("Key", in: Array("<Key>".utf8)) == [""])
}

@Test func whatFollowsAPrefixIsFoundByBytes() {
  #expect(Text.after("a/", in: "a/b") == "b")
  // A combining mark would be one Character with the slash.
  #expect(Text.after("a/", in: "a/\u{301}b") == "\u{301}b")
  #expect(Text.after("a/", in: "b/a/") == nil)
}
