/// The temporary files that editors create beside the edited file, and sometimes leave behind.
enum EditorFiles {
  /// - Parameter name: without a directory.
  static func has(_ name: ArraySlice<UInt8>) -> Bool {
    func begins(_ word: StaticString) -> Bool { name.count > word.utf8CodeUnitCount && name.starts(with: bytes(word)) }
    func ends(_ word: StaticString) -> Bool {
      name.count > word.utf8CodeUnitCount && name.suffix(word.utf8CodeUnitCount).elementsEqual(bytes(word))
    }
    // Backups of vim, emacs, nano, joe, kate and gedit.
    if ends("~") { return true }
    switch name.first {
    // vim creates 4913 to test whether it can write to a directory.
    case UInt8(ascii: "4"): return name.elementsEqual(bytes("4913"))
    // Autosaves of emacs.
    case UInt8(ascii: "#"): return ends("#")
    // Lock files of emacs (a dangling link) and LibreOffice; temporary files of kate and GLib; swap files of vim, which
    // count backwards from .swp, and of nano.
    case UInt8(ascii: "."):
      if begins(".#") || begins(".~lock.") || begins(".goutputstream-") || ends(".kate-swp") { return true }
      let end = Array(name.suffix(4))
      return name.count > 5 && (end.starts(with: bytes(".sw")) || end.starts(with: bytes(".sv")))
        && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(end[3])
    // JetBrains.
    default: return ends("___jb_tmp___") || ends("___jb_old___") || ends("___jb_bak___")
    }
  }

  private static func bytes(_ word: StaticString) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
  }
}
