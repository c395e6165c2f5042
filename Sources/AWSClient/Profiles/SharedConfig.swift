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
      let path = Self.expanded(environment[variable].nonEmpty ?? "~/.aws/\(fallback)", environment)
      return path.hasPrefix("~/") ? home + path.dropFirst() : path
    }
    configPath = path("AWS_CONFIG_FILE", "config")
    credentialsPath = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
    config = try Self.read(configPath)
    credentials = try Self.read(credentialsPath)
  }

  /// Replaces `$NAME` and `${NAME}`, as botocore does in the files' paths; names that aren't set stay.
  private static func expanded(_ path: String, _ environment: [String: String]) -> String {
    guard path.contains("$") else { return path }
    return path.replacing(/\$(?:(\w+)|\{([^}]*)\})/) { match in
      environment[String(match.output.1 ?? match.output.2 ?? "")] ?? String(match.output.0)
    }
  }

  private static func read(_ path: String) throws -> ConfigFile {
    guard FileManager.default.fileExists(atPath: path) else { return ConfigFile() }
    // Read by handle, because the variables may name a pipe or /dev/null.
    guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.readToEnd() ?? Data(),
      let text = String(validating: data, as: UTF8.self)
    else { throw AWSClientError(.configuration, "\(path) can't be read; check its permissions and that it is UTF-8.") }
    return try ConfigFile(text, path: path)
  }

  /// The names of all profiles in both files, sorted.
  var profileNames: [String] { Set(config.profiles.keys).union(credentials.sections.keys).sorted() }

  /// The settings of an `sso-session` section; nil if there is none of this name.
  func ssoSession(_ name: String) -> ConfigFile.Settings? { config.named("sso-session")[name] }

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

  func has(profile name: String) -> Bool { config.profiles[name] != nil || credentials.sections[name] != nil }

  /// A profile by its name; empty if the files don't have it.
  func profile(named name: String) -> Profile {
    var profile = Profile(
      name: name, config: config.profiles[name] ?? [:], credentials: credentials.sections[name] ?? [:], services: [:])
    if let section = profile["services"] { profile.services = config.named("services")[section] ?? [:] }
    return profile
  }
}
