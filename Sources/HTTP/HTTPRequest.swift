/// A request; can be sent repeatedly unless its body is a stream.
package struct HTTPRequest: Sendable {
  /// The body of a request.
  package enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// A range of an open file, read while it is sent.
    case file(descriptor: Int32, range: Range<Int>)
    /// A number of bytes from a pipe; can be sent only once.
    case stream(descriptor: Int32, size: Int)
  }

  package var method: String
  package var address: Address
  /// Its purpose, to follow "cannot" in messages: `upload 'web@sha256:ab12cd34ef56'`.
  package var purpose: String
  package var headers: [(name: String, value: String)] = []
  /// Separate from the other headers, because it must only go to one host.
  package var authorization: String?
  /// Has libcurl sign the request for S3, instead of an authorization.
  package var signature: Signature?
  package var body = Body.none
  /// Whether it is safe to repeat. Part of an upload is not: it would be appended twice.
  package var mayRepeat = true
  /// The largest response accepted, in bytes; a larger one is an error.
  package var answerLimit = 1 << 20
  /// False if only the status is of interest: a response may be endless.
  package var wantsBody = true
  /// The timeout without any bytes moving. A registry that commits a large blob is silent for a while.
  package var stallSeconds = 60
  /// Called with the number of bytes just sent, often 0; returns false to abort.
  package var onSent: (@Sendable (Int) -> Bool)?
  /// Receives the body of a response with status 200, piece by piece; returns false to abort.
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

extension HTTPRequest {
  /// AWS Signature Version 4: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
  ///
  /// libcurl makes it of what it sends, so the path and the query of the address are in canonical form: all but the
  /// unreserved characters and `/` encoded, the parameters in order, and `=` after each name. The headers include
  /// `x-amz-content-sha256`. The body is none or bytes.
  package struct Signature: Sendable, CustomStringConvertible {
    /// `us-east-1`
    package var region: String
    package var key: String
    /// A secret.
    package var secret: String

    package init(region: String, key: String, secret: String) {
      (self.region, self.key, self.secret) = (region, key, secret)
    }

    package var description: String { "(secret)" }
  }
}

/// A response.
package struct HTTPResponse: Sendable {
  package var status: Int
  /// Names are in lower case.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first value of a header; the name in lower case.
  package subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
  package func all(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }
}
