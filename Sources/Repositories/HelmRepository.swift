import Command
import HTTP
import Records
import Registry
import YAML

/// A repository in helm's repositories.yaml: https://helm.sh/docs/helm/helm_repo/
package struct HelmRepository: Sendable {
  package var name: String
  package var url: String
  /// The `Authorization` for it. A secret.
  var authorization: String?
  /// Files for TLS.
  var authority: String?, certificate: String?, key: String?

  /// The repository of a chart by its files for TLS; nil if it has none.
  package init?(_ fetch: Fetch) {
    guard fetch.caFile != nil || fetch.certFile != nil else { return nil }
    (name, url, authorization) = ("", "", nil)
    (authority, certificate, key) = (fetch.caFile, fetch.certFile, fetch.keyFile)
  }

  init(
    name: String, url: String, authorization: String? = nil, authority: String? = nil, certificate: String? = nil,
    key: String? = nil
  ) {
    (self.name, self.url, self.authorization) = (name, url, authorization)
    (self.authority, self.certificate, self.key) = (authority, certificate, key)
  }

  /// All repositories, in the order of the file; none if it is missing.
  /// - Throws: `YAMLError` for a file that is not YAML.
  package static func all() throws -> [HelmRepository] {
    let path = configuration
    guard Files.exists(path) else { return [] }
    let yaml = try YAML(parsing: Files.read(path, limit: 4 << 20), file: path)
    return (yaml["repositories"]?.sequence ?? []).compactMap { item -> HelmRepository? in
      func text(_ key: String) -> String? { item[key]?.text.flatMap { $0.isEmpty ? nil : $0 } }
      guard let name = text("name"), let url = text("url") else { return nil }
      let login = text("username").map { Login(user: $0, secret: text("password") ?? "").authorization }
      return HelmRepository(
        name: name, url: url, authorization: login, authority: text("caFile"), certificate: text("certFile"),
        key: text("keyFile"))
    }
  }

  /// helm's list of repositories.
  static var configuration: String {
    environmentVariable("HELM_REPOSITORY_CONFIG") ?? home("HELM_CONFIG_HOME", "XDG_CONFIG_HOME", ".config")
      + "/repositories.yaml"
  }

  /// The directory of their indexes.
  static var cache: String {
    environmentVariable("HELM_REPOSITORY_CACHE") ?? home("HELM_CACHE_HOME", "XDG_CACHE_HOME", ".cache") + "/repository"
  }

  /// The URLs of all repositories, by name.
  package static func urls() throws -> [String: String] { Dictionary(try all().map { ($0.name, $0.url) }) { $1 } }

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

  /// Whether the login of the repository is for an address: one below its URL.
  func covers(_ address: Address) -> Bool {
    guard let own = Address(url), own.hasOrigin(of: address) else { return false }
    var path = String(own.target.prefix { $0 != "?" })
    if !path.hasSuffix("/") { path += "/" }
    return address.target.hasPrefix(path)
  }
}
