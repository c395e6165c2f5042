/// Where the value of a setting comes from.
package enum SettingOrigin: Sendable, Hashable {
  /// The program gave it.
  case parameter
  /// An environment variable.
  case variable(String)
  /// A profile of the shared files.
  case profile(String)
  /// There is none.
  case absent
}
