import ArgumentParser
import Foundation
import Gateway

/// The secret of operators, in the environment.
enum AdminSecret {
  static let variable = "BEDQUOTA_ADMIN_SECRET"

  /// nil: none is set.
  /// - Throws: `ValidationError` for one that can be guessed, or that no header carries.
  static func given(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Secret? {
    do {
      return try SecretSource(environment: environment).given(variable)
    } catch {
      throw ValidationError("\(error.sentence)")
    }
  }
}
