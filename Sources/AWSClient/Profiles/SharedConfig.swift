import AWSWire
import Foundation

/// The shared config and credentials files, read once.
struct SharedConfig: Sendable {
  var config = ConfigFile()
  var credentials = ConfigFile()
  var configPath: String
  var credentialsPath: String

  /// Reads the files that `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` name, else those under `~/.aws`.
  /// A file that doesn't exist counts as empty.
  /// - Throws: ``AWSClientError`` (`configuration`) if a file can't be read or parsed.
  init(environment: [String: String]) throws {
    let home = environment["HOME"].nonEmpty ?? NSHomeDirectory()
    func path(_ variable: String, _ fallback: String) -> String {
      let path = environment[variable].nonEmpty ?? "~/.aws/\(fallback)"
      return path.hasPrefix("~/") ? home + path.dropFirst() : path
    }
    configPath = path("AWS_CONFIG_FILE", "config")
    credentialsPath = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
    config = try Self.read(configPath)
    credentials = try Self.read(credentialsPath)
  }

  private static func read(_ path: String) throws -> ConfigFile {
    guard FileManager.default.fileExists(atPath: path) else { return ConfigFile() }
    // Read by handle, because the variables may name a pipe or /dev/null.
    guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.readToEnd() ?? Data(),
      let text = String(data: data, encoding: .utf8)
    else { throw AWSClientError(.configuration, "\(path) can't be read; check its permissions and that it is UTF-8.") }
    return try ConfigFile(text, path: path)
  }

  /// The names of all profiles in both files, sorted.
  var profileNames: [String] {
    let fromConfig = config.sections.keys.compactMap { key in
      key == "default" ? key : key.hasPrefix("profile ") ? String(key.dropFirst(8)) : nil
    }
    return Set(fromConfig).union(credentials.sections.keys).sorted()
  }

  /// The profile to use.
  /// - Parameter explicit: the profile that the user named; nil for the default.
  /// - Returns: by default `default`, or `aws` if the files have `aws` but no `default`.
  ///   A profile that isn't in the files is empty.
  /// - Throws: ``AWSClientError`` (`configuration`) if the explicit profile doesn't exist.
  func profile(explicit: String?) throws -> Profile {
    let names = Set(profileNames)
    if let explicit {
      guard names.contains(explicit) else {
        let known = names.isEmpty ? "there are no profiles" : "the profiles are \(names.sorted().joined(separator: ", "))"
        throw AWSClientError(
          .configuration, "No profile \"\(explicit)\" in \(configPath) or \(credentialsPath); \(known).",
          parameters: ["profile"])
      }
      return profile(named: explicit)
    }
    return profile(named: names.contains("default") || !names.contains("aws") ? "default" : "aws")
  }

  private func profile(named name: String) -> Profile {
    // [profile default] has precedence over [default].
    let settings = config.sections["profile \(name)"] ?? (name == "default" ? config.sections["default"] : nil) ?? [:]
    let services = settings["services"].nonEmpty.flatMap { config.sections["services \($0)"] } ?? [:]
    return Profile(name: name, config: settings, credentials: credentials.sections[name] ?? [:], services: services)
  }
}
