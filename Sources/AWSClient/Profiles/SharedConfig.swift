import AWSWire
import Foundation

/// The shared config and credentials files, read once.
struct SharedConfig: Sendable, Redacted {
  private static let bytesMax = 16 * 1_024 * 1_024
  /// How many profiles a message names.
  private static let namesMax = 20

  var config = ConfigFile()
  var credentials = ConfigFile()
  var configPath: String
  var credentialsPath: String
  /// Those of the two paths that lie in a folder which this user may not look into.
  private var hiddenPaths: Set<String> = []

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
    config = try read(configPath)
    credentials = try read(credentialsPath)
  }

  /// Replaces `$NAME` and `${NAME}`, as botocore does in the files' paths; names that aren't set stay.
  private static func expanded(_ path: String, _ environment: [String: String]) -> String {
    guard path.contains("$") else { return path }
    return path.replacing(/\$(?:(\w+)|\{([^}]*)\})/) { match in
      environment[String(match.output.1 ?? match.output.2 ?? "")] ?? String(match.output.0)
    }
  }

  private mutating func read(_ path: String) throws -> ConfigFile {
    let data: Data
    do throws(SmallFile.Problem) {
      data = try SmallFile.contents(of: path, bytesMax: Self.bytesMax)
    } catch {
      guard error.isAbsence || error.isHidden else { throw AWSClientError(.configuration, "\(path) \(error.words).") }
      // In a container, the home is often somebody else's, and the credentials are in the environment.
      if error.isHidden { hiddenPaths.insert(path) }
      return ConfigFile()
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw AWSClientError(.configuration, "\(path) can't be read: it isn't UTF-8; save it as that.")
    }
    return try ConfigFile(text, path: path)
  }

  /// The two files, as they are named in messages.
  func files(_ conjunction: String) -> String {
    [configPath, credentialsPath].map { hiddenPaths.contains($0) ? "\($0) (no permission to look into its folder)" : $0 }
      .joined(separator: " \(conjunction) ")
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
        throw AWSClientError(
          .configuration, "No profile \"\(explicit)\" in \(files("or")); \(advice(explicit, names.sorted())).",
          parameters: ["profile"])
      }
      return profile(named: explicit)
    }
    return profile(named: names.contains("default") || !names.contains("aws") ? "default" : "aws")
  }

  /// What to do about a profile that isn't there.
  private func advice(_ name: String, _ names: [String]) -> String {
    if config.sections[name] != nil { return "its section in \(configPath) must be called [profile \(name)]" }
    if names.isEmpty { return "there are no profiles" }
    let more = names.count - Self.namesMax
    return "the profiles are \(names.prefix(Self.namesMax).joined(separator: ", "))\(more > 0 ? " and \(more) more" : "")"
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
