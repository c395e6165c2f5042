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

  /// nil where there is no value.
  /// - Parameter giver: who sets parameters.
  package func words(giver: String) -> String? {
    switch self {
    case .parameter: giver
    case .variable(let name): name
    case .profile(let name): "profile \"\(name)\""
    case .absent: nil
    }
  }
}
