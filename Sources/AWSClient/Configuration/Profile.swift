import AWSWire

/// One profile, as the two shared files give it together.
package struct Profile: Sendable, Equatable {
  package var name: String
  /// From the config file.
  package var config: ConfigFile.Settings
  /// From the credentials file.
  package var credentials: ConfigFile.Settings
  /// The `services` section that the profile names, or empty.
  package var services: ConfigFile.Settings

  /// A setting; the credentials file goes first, as in the AWS SDKs.
  package subscript(_ name: String) -> String? { credentials[name].nonEmpty ?? config[name].nonEmpty }
}
