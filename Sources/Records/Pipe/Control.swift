extension Unicode.Scalar {
  /// Whether a terminal would act on it instead of showing it: C0, DEL, C1, and the marks that change text direction.
  public var isControl: Bool {
    switch value {
    case ..<0x20, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
