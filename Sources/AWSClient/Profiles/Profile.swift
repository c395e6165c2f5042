import AWSWire

/// A profile, merged from the config file and the credentials file.
struct Profile: Sendable, Equatable, Redacted {
  var name: String
  /// From the config file.
  var config: ConfigFile.Settings
  /// From the credentials file.
  var credentials: ConfigFile.Settings
  /// The settings of the `services` section that the profile names; empty if it names none.
  var services: ConfigFile.Settings

  /// All settings. Those of the credentials file have precedence, even empty ones, as in botocore.
  var settings: ConfigFile.Settings { config.merging(credentials) { $1 } }

  /// The value of a setting; nil if it is absent or empty.
  subscript(_ name: String) -> String? { (credentials[name] ?? config[name]).nonEmpty }

  /// Whether a setting is there, if only with an empty value.
  func has(_ name: String) -> Bool { credentials[name] != nil || config[name] != nil }
}
