extension String {
  /// The text as one shell word, for a command in a hint that can be pasted: quoted if needed.
  public var shellWord: String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-")
    if !isEmpty, allSatisfy({ plain.contains($0) || !$0.isASCII && ($0.isLetter || $0.isNumber) }) { return self }
    return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
