#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haven::objects {

enum class ObjectErrorKind : std::uint8_t { not_found, bad_key, storage_full, io };

struct ObjectError {
    ObjectErrorKind kind = ObjectErrorKind::io;
    std::string message; ///< what, where and what to do; for logs, not for clients
};

/// A key is relative, of segments of [A-Za-z0-9._-] joined by '/', no segment "." or ".." or
/// beginning with a dot, at most 255 characters (the columns' width):
/// "drawings/2026/019a.../left.png".
[[nodiscard]] bool is_valid_key(std::string_view key);

/// Where pictures and traces are kept. Calls block on the disk or the network: make them on a
/// thread pool, from any thread.
class ObjectStore {
  public:
    ObjectStore() = default;
    ObjectStore(const ObjectStore&) = delete;
    ObjectStore& operator=(const ObjectStore&) = delete;
    virtual ~ObjectStore() = default;

    /// Durable when it returns; a reader sees the old object or the new one, never a part. Replaces
    /// what was there.
    [[nodiscard]] virtual std::expected<void, ObjectError>
    put(std::string_view key, std::span<const std::byte> bytes) = 0;
    [[nodiscard]] virtual std::expected<std::vector<std::byte>, ObjectError>
    get(std::string_view key) = 0;
    [[nodiscard]] virtual std::expected<bool, ObjectError> exists(std::string_view key) = 0;
    /// Removing what is not there succeeds.
    [[nodiscard]] virtual std::expected<void, ObjectError> remove(std::string_view key) = 0;
    /// Can it be written to now? For /readyz.
    [[nodiscard]] virtual std::expected<void, ObjectError> check() = 0;
};

} // namespace haven::objects
