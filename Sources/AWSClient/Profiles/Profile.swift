import AWSWire

/// A profile, merged from the config file and the credentials file.
package struct Profile: Sendable, Equatable {
  package var name: String
  /// From the config file.
  package var config: ConfigFile.Settings
  /// From the credentials file.
  package var credentials: ConfigFile.Settings
  /// The settings of the `services` section that the profile names; empty if it names none.
  package var services: ConfigFile.Settings

  /// The value of a setting. The credentials file has precedence, as in the AWS SDKs.
  package subscript(_ name: String) -> String? { credentials[name].nonEmpty ?? config[name].nonEmpty }
}
