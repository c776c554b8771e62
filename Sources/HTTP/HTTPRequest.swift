/// One request, whole enough to be sent again.
package struct HTTPRequest: Sendable {
  package enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// A part of an open file, read as it is sent.
    case file(descriptor: Int32, range: Range<Int>)
    /// So many bytes of a pipe, which can be sent once.
    case stream(descriptor: Int32, size: Int)
  }

  package var method: String
  package var address: Address
  /// What it is for, after "cannot": `upload 'web@sha256:ab12cd34ef56'`.
  package var purpose: String
  package var headers: [(name: String, value: String)] = []
  /// Apart from the other headers, because it goes to one host alone.
  package var authorization: String?
  package var body = Body.none
  /// Whether it does no harm when it comes twice. A part of an upload would be there twice.
  package var mayRepeat = true
  /// How much of an answer is taken; a longer one is an error.
  package var answerLimit = 1 << 20
  /// False where the status alone is asked for: an answer may go on for ever.
  package var wantsBody = true
  /// How long not a byte may move. A registry that commits a large blob is silent for a while.
  package var stallSeconds = 60
  /// Told what has just been sent; returns false to give up. Called often, with 0 as well.
  package var onSent: (@Sendable (Int) -> Bool)?
  /// Takes the body of an answer with status 200, piece by piece; returns false to give up.
  package var onBody: (@Sendable (UnsafeRawBufferPointer) -> Bool)?

  package init(
    method: String, address: Address, purpose: String, headers: [(name: String, value: String)] = [], body: Body = .none
  ) {
    self.method = method
    self.address = address
    self.purpose = purpose
    self.headers = headers
    self.body = body
  }
}

/// What came back.
package struct HTTPResponse: Sendable {
  package var status: Int
  /// Names in lower case.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
  package func all(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }
}
