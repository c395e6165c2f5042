import AWSWire

/// A profile, merged from the config file and the credentials file.
struct Profile: Sendable, Equatable {
  var name: String
  /// From the config file.
  var config: ConfigFile.Settings
  /// From the credentials file.
  var credentials: ConfigFile.Settings
  /// The settings of the `services` section that the profile names; empty if it names none.
  var services: ConfigFile.Settings

  /// The value of a setting. The credentials file has precedence, as in the AWS SDKs.
  subscript(_ name: String) -> String? { credentials[name].nonEmpty ?? config[name].nonEmpty }
}
