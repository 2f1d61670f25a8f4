#include "net/outbox/requests.hpp"

#include "bilateral/stroke.hpp"
#include "net/outbox/database.hpp"
#include "net/outbox/outbox.hpp"

#include <cstdint>
#include <string_view>

namespace haven::outbox::detail {

Result<void> enqueue(Database& database, const Uuid& drawing_id, RequestKind kind,
                     std::string_view path, std::string_view body) {
    const std::string_view content_type =
        kind == RequestKind::trace_chunk ? "application/octet-stream" : "application/json";
    return database.run("INSERT INTO requests (drawing_id, kind, needs, method, path, "
                        "content_type, body) VALUES (?, ?, ?, 'PUT', ?, ?, ?)",
                        drawing_id, static_cast<std::int64_t>(kind), needs_of(kind), path,
                        content_type, bytes_of(body));
}

} // namespace haven::outbox::detail
