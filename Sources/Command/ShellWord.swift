extension String {
  /// As one word of a command that a hint prints, so that it can be pasted: quoted where a shell would take it apart.
  public var shellWord: String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-")
    if !isEmpty, allSatisfy({ plain.contains($0) || !$0.isASCII && ($0.isLetter || $0.isNumber) }) { return self }
    return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
