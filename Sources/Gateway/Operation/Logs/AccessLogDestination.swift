/// Where the access log goes.
package enum AccessLogDestination: Sendable, Equatable {
  case off
  case standardOutput
  case file(path: String)
}
