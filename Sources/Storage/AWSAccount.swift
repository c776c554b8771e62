import Command
import HTTP

/// The key for S3, and where S3 is: from the variables and files of the AWS command line.
/// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
package struct AWSAccount: Sendable {
  var key: String
  /// Secrets.
  var secret: String
  var token: String?
  var region: String
  /// Of a server that is not Amazon's.
  var endpoint: String?
  /// Whether the bucket is part of the host, where that is said.
  var isVirtual: Bool?

  /// The variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; else the profile of AWS_PROFILE, or
  /// `default`, in ~/.aws/credentials and ~/.aws/config.
  /// - Parameters:
  ///   - place: what the key is for, for messages.
  ///   - login: a key and its secret that come before all of these.
  /// - Throws: ``StorageError``.
  package init(for place: String, login: (key: String, secret: String)? = nil, call: Call) throws {
    let named = call.variable("AWS_PROFILE"), profile = named ?? "default"
    let home = (call.variable("HOME") ?? "") + "/.aws"
    let credentials = try AWSAccount.section(
      [profile], of: call.variable("AWS_SHARED_CREDENTIALS_FILE") ?? home + "/credentials")
    let config = try AWSAccount.section(
      profile == "default" ? ["default", "profile default"] : ["profile \(profile)"],
      of: call.variable("AWS_CONFIG_FILE") ?? home + "/config")
    func setting(_ name: String) -> String? { credentials?[name] ?? config?[name] }
    if let login {
      (key, secret, token) = (login.key, login.secret, nil)
    } else if let key = call.variable("AWS_ACCESS_KEY_ID"), let secret = call.variable("AWS_SECRET_ACCESS_KEY") {
      (self.key, self.secret, token) = (key, secret, call.variable("AWS_SESSION_TOKEN"))
    } else if let key = setting("aws_access_key_id"), let secret = setting("aws_secret_access_key") {
      (self.key, self.secret, token) = (key, secret, setting("aws_session_token"))
    } else {
      let isMissing = named != nil && credentials == nil && config == nil
      throw StorageError.noCredentials(
        place, reason: isMissing ? "there is no profile '\(profile)'" : "there is no access key",
        hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or try 'aws configure'")
    }
    region =
      call.variable("AWS_REGION") ?? call.variable("AWS_DEFAULT_REGION") ?? config?["region"]
      ?? "us-east-1"
    endpoint =
      call.variable("AWS_ENDPOINT_URL_S3") ?? call.variable("AWS_ENDPOINT_URL") ?? config?["s3.endpoint_url"]
      ?? config?["endpoint_url"]
    isVirtual = config?["s3.addressing_style"].flatMap { ["virtual": true, "path": false][$0] }
    for text in [key, secret, token ?? "-", region]
    where text.isEmpty || !text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
      throw StorageError.noCredentials(
        place, reason: "the key or the region has characters that none can have", hint: "check what was set or stored")
    }
  }

  /// The server of a bucket, and the bucket's path there.
  func address(of bucket: String) throws(StorageError) -> (origin: Address, root: String) {
    let isDomain = bucket.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
    }
    guard let endpoint else {
      let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
      let host = "s3.\(region).\(suffix)", virtual = isVirtual ?? isDomain
      guard let origin = Address("https://" + (virtual ? "\(bucket).\(host)" : host)) else {
        throw .badDestination("s3://\(bucket)", reason: "the region '\(region)' is not one")
      }
      return (origin, virtual ? "" : "/" + encodedPath(bucket))
    }
    guard var origin = Address(endpoint) else {
      throw .badDestination("s3://\(bucket)", reason: "AWS_ENDPOINT_URL is not a URL of http or https: '\(endpoint)'")
    }
    var path = String(origin.target.prefix { $0 != "?" })
    while path.hasSuffix("/") { path.removeLast() }
    guard isVirtual == true else { return (origin, path + "/" + encodedPath(bucket)) }
    origin = Address(isSecure: origin.isSecure, host: "\(bucket).\(origin.host)", target: "/")
    return (origin, path)
  }

  /// The settings of a section; those of a nested one, as `s3`, with its name and a dot in front. nil if there is none.
  static func section(_ names: [String], of path: String) throws -> [String: String]? {
    guard Files.exists(path) else { return nil }
    return parse(try Files.readText(path, limit: 1 << 20), names)
  }

  static func parse(_ text: String, _ names: [String]) -> [String: String]? {
    var found: [String: String]?, isIn = false, outer = ""
    for line in text.lines {
      let words = String(line).trimmed
      if words.isEmpty || words.hasPrefix("#") || words.hasPrefix(";") { continue }
      if words.hasPrefix("[") {
        let name = words.dropFirst().prefix { $0 != "]" }.split(separator: " ").joined(separator: " ")
        isIn = names.contains(name)
        if isIn, found == nil { found = [:] }
        continue
      }
      guard isIn, let (name, value) = words.cut(at: "=") else { continue }
      let isNested = line.hasPrefix(" ") || line.hasPrefix("\t")
      if !isNested { outer = value.trimmed.isEmpty ? name.trimmed + "." : "" }
      found?[(isNested ? outer : "") + name.trimmed.lowercased()] = value.trimmed
    }
    return found
  }
}
