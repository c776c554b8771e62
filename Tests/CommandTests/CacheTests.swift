import Glibc
import Testing

@testable import Command

private final class Place {
  let path: String
  init() throws { path = try Temporary.directory(in: "/tmp") }
  deinit { Temporary.remove(path) }

  /// A file, or an empty directory, that was used so long ago.
  func make(_ name: String, seconds: Int, bytes: Int = 5_000, isDirectory: Bool = false) throws {
    if isDirectory {
      try Files.makeDirectories(path + "/" + name)
    } else {
      try Files.write([UInt8](repeating: 1, count: bytes), to: path + "/" + name)
    }
    try age(name, seconds: seconds)
  }

  func age(_ name: String, seconds: Int) throws {
    let then = timespec(tv_sec: time(nil) - seconds, tv_nsec: 0)
    var times = [then, then]
    #expect(utimensat(AT_FDCWD, path + "/" + name, &times, 0) == 0)
  }

  var left: [String] { (try? Files.list(path)) ?? [] }
}

@Test func aCacheGivesWhatWasPut() throws {
  let place = try Place(), cache = Cache(place.path)
  #expect(cache.read("a") == nil)
  try cache.put([1, 2], as: "a")
  try cache.put([3], as: "a")
  #expect(cache.read("a") == [3] && cache.read("a", limit: 0) == nil)
  #expect(cache.entries().map(\.name) == ["a"])
  #expect(cache.remove("a") && !cache.remove("a") && place.left == [])
}

/// Not looked at before there are too many; then those stay that were used last, as far as they fit.
@Test func aCacheIsSweptByNumberAndBlocks() throws {
  let place = try Place()
  for number in 10..<20 { try place.make("\(number)", seconds: 100 - number) }
  #expect(Cache(place.path, limit: 10, bytes: 1).sweep() == (0, 0))
  #expect(place.left.count == 10)
  #expect(Cache(place.path, limit: 8).sweep() == (6, 6 * 8_192))
  #expect(place.left == ["16", "17", "18", "19"])
  Cache(place.path, limit: 3, kept: 3).sweep()
  #expect(place.left == ["17", "18", "19"])
  Cache(place.path, bytes: 2 * 8_192).sweep()
  #expect(place.left == ["18", "19"])
  Cache(place.path, limit: 1, kept: 2, bytes: 8_192).sweep()
  #expect(place.left == ["19"])
}

/// A new entry begins a sweep, one that is written again does not; what is used stays longer.
@Test func aCacheKeepsItselfSmall() throws {
  let place = try Place(), cache = Cache(place.path, limit: 4)
  for number in 1...5 { try place.make("\(number)", seconds: 100 - number) }
  try cache.put([1], as: "2")
  #expect(place.left == ["1", "2", "3", "4", "5"])
  try place.age("2", seconds: 50)
  cache.use("1")
  try cache.put([1], as: "6")
  #expect(place.left == ["1", "6"])
}

@Test func filesInUseStayInACache() throws {
  let place = try Place()
  try place.make("locked", seconds: 9_000)
  try place.make("asked", seconds: 8_000)
  try place.make("old", seconds: 7_000)
  try place.make("noted", seconds: 6_500)
  try place.make("directory", seconds: 6_000, isDirectory: true)
  try place.make("young", seconds: 100)
  let file = try OpenFile(place.path + "/locked", O_RDONLY)
  try file.lock(LOCK_SH)
  var asked: [String] = []
  let cache = Cache(place.path, kept: 0, idle: 3_600)
  let went = cache.sweep {
    asked.append($0.name)
    return $0.name != "asked"
  } used: {
    $0.name == "noted" ? time(nil) : $0.used
  }
  // What is too young is not even asked for.
  #expect(went.number == 2 && asked == ["locked", "asked", "old", "directory"])
  #expect(place.left == ["asked", "locked", "noted", "young"])
  #expect(cache.remove("locked") == false)
  try file.close()
  cache.sweep()
  #expect(place.left == ["young"])
}

/// What stays for one of those counts for the bounds.
@Test func filesThatCannotBeRemovedCount() throws {
  let place = try Place()
  for number in 1...4 { try place.make("\(number)", seconds: 100 - number) }
  Cache(place.path, bytes: 3 * 8_192).sweep { $0.name != "1" }
  #expect(place.left == ["1", "3", "4"])
}

/// Files in subdirectories count one by one, and empty directories are removed unless they are about to be used.
@Test func aDeepCacheIsSwept() throws {
  let place = try Place()
  for directory in ["a", "b", "c"] { try Files.makeDirectories(place.path + "/" + directory + "/d") }
  try place.make("a/d/old", seconds: 9_000)
  try place.make("a/young", seconds: 1)
  try place.make("old", seconds: 9_000)
  symlink("/nowhere", place.path + "/link")
  for directory in ["a/d", "b/d", "b"] { try place.age(directory, seconds: 9_000) }
  let cache = Cache(place.path, kept: 0, idle: 3_600, isDeep: true)
  #expect(cache.sweep().number == 2)
  #expect(cache.entries().map(\.name) == ["a/young", "link"])
  #expect(place.left == ["a", "c", "link"] && !Files.exists(place.path + "/a/d"))
  #expect(cache.remove("a/young") && place.left == ["c", "link"])
}

@Test func aSweepIsDueTenMinutesAfterTheLast() throws {
  let place = try Place()
  #expect(Cache.isDue(place.path + "/mark") && !Cache.isDue(place.path + "/mark"))
  try place.age("mark", seconds: 700)
  #expect(Cache.isDue(place.path + "/mark"))
}
