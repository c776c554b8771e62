import Command
import HTTP
import Records
import Registry
import Settings
import YAML

/// A repository in helm's repositories.yaml: https://helm.sh/docs/helm/helm_repo/
package struct HelmRepository: Sendable {
  package var name: String
  package var url: String
  var login: Login?
  /// The `Authorization` for it. A secret.
  var authorization: String? { login?.authorization }
  /// Files for TLS.
  var authority: String?, certificate: String?, key: String?

  /// The repository of a chart by its files for TLS; nil if it has none.
  package init?(_ fetch: Fetch) {
    guard fetch.caFile != nil || fetch.certFile != nil else { return nil }
    (name, url, login) = ("", "", nil)
    (authority, certificate, key) = (fetch.caFile, fetch.certFile, fetch.keyFile)
  }

  init(
    name: String, url: String, login: Login? = nil, authority: String? = nil, certificate: String? = nil,
    key: String? = nil
  ) {
    (self.name, self.url, self.login) = (name, url, login)
    (self.authority, self.certificate, self.key) = (authority, certificate, key)
  }

  /// All repositories: those of helm's list, in its order, and then those in buckets.
  /// - Throws: `YAMLError` for a file that is not YAML.
  package static func all() throws -> [HelmRepository] { try all(in: configuration) + (buckets.map(all) ?? []) }

  private static func all(in path: String) throws -> [HelmRepository] {
    guard Files.exists(path) else { return [] }
    let yaml = try YAML(parsing: Files.read(path, limit: 4 << 20), file: path)
    return (yaml["repositories"]?.sequence ?? []).compactMap { item -> HelmRepository? in
      func text(_ key: String) -> String? { item[key]?.text.flatMap { $0.isEmpty ? nil : $0 } }
      guard let name = text("name"), let url = text("url") else { return nil }
      let login = text("username").map { Login(user: $0, secret: text("password") ?? "") }
      return HelmRepository(
        name: name, url: url, login: login, authority: text("caFile"), certificate: text("certFile"),
        key: text("keyFile"))
    }
  }

  /// helm's list of repositories.
  static var configuration: String {
    environmentVariable("HELM_REPOSITORY_CONFIG") ?? home("HELM_CONFIG_HOME", "XDG_CONFIG_HOME", ".config")
      + "/repositories.yaml"
  }

  /// The list of those in buckets, in the form of helm's, which helm cannot read: one of them in its own list, and it
  /// would find no chart by a URL any more. nil without a draft home.
  static var buckets: String? { try? Home().path + "/repositories.yaml" }

  /// Whether a URL is that of a bucket.
  static func isBucket(_ url: String) -> Bool { url.hasPrefix("s3://") || url.hasPrefix("gs://") }

  /// The directory of their indexes.
  static var cache: String {
    environmentVariable("HELM_REPOSITORY_CACHE") ?? home("HELM_CACHE_HOME", "XDG_CACHE_HOME", ".cache") + "/repository"
  }

  /// The URLs of all repositories, by name.
  package static func urls() throws -> [String: String] { Dictionary(try all().map { ($0.name, $0.url) }) { $1 } }

  /// Where its index is; nil for a URL that is not of http or https.
  var indexAddress: Address? {
    guard var base = Address(url) else { return nil }
    let path = base.target.prefix { $0 != "?" }
    base.target =
      path + (path.hasSuffix("/") ? "" : "/") + "index.yaml" + base.target[path.endIndex...]
    return base
  }

  /// The index that `helm repo add` and `helm repo update` have stored; nil if there is none.
  var storedIndex: String? {
    let path = HelmRepository.cache + "/\(name)-index.yaml"
    return Files.exists(path) ? path : nil
  }

  /// The file of `helm registry login`.
  static var registryLogins: String {
    environmentVariable("HELM_REGISTRY_CONFIG") ?? home("HELM_CONFIG_HOME", "XDG_CONFIG_HOME", ".config")
      + "/registry/config.json"
  }

  private static func home(_ own: String, _ xdg: String, _ directory: String) -> String {
    environmentVariable(own) ?? environmentVariable(xdg).map { $0 + "/helm" } ?? (environmentVariable("HOME") ?? "")
      + "/\(directory)/helm"
  }

  /// Whether a URL of a bucket is that of the repository, or is below it.
  func covers(bucket url: String) -> Bool {
    let own = self.url.hasSuffix("/") ? self.url : self.url + "/"
    return (url + "/").utf8.starts(with: own.utf8)
  }

  /// Whether the login of the repository is for an address: one below its URL.
  func covers(_ address: Address) -> Bool {
    guard let own = Address(url), own.hasOrigin(of: address) else { return false }
    var path = String(own.target.prefix { $0 != "?" })
    if !path.hasSuffix("/") { path += "/" }
    return address.target.hasPrefix(path)
  }
}
