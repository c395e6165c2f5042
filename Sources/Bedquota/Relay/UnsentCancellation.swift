/// A task was cancelled before the service can have received its whole request. So the model hasn't run, and nothing is paid.
package struct UnsentCancellation: Error {
  package init() {}
}
