import Testing

@testable import Scaffolding

@Test(arguments: [
  "https://github.com/me/x", "http://h/x", "ssh://git@h/x", "git@github.com:me/x.git", "/srv/x", "file:///srv/x",
  "https://me@h/x"
])
func whatMayBeCloned(url: String) { #expect(InitFile.isSafe(url)) }

@Test(arguments: [
  "ext::sh -c id", "--upload-pack=x", "https://me:secret@h/x", "relative/x", "ssh://-oProxyCommand=x/y", "fd::17", "",
  "a b:c", ":x"
])
func whatMayNot(url: String) { #expect(!InitFile.isSafe(url)) }

@Test func aRepositoryIsCalledByItsURL() {
  #expect(InitFile.repositoryName("https://github.com/me/packs.git") == "github.com/me/packs")
  #expect(InitFile.repositoryName("git@github.com:me/packs.git") == "github.com/me/packs")
  #expect(InitFile.repositoryName("https://github.com/me/packs/") == "github.com/me/packs")
  #expect(InitFile.repositoryName("file:///srv/my-packs") == "my-packs")
  #expect(InitFile.repositoryName("/srv/my-packs.git") == "my-packs")
}
