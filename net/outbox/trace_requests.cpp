#include "net/outbox/trace_requests.hpp"

#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/limits.hpp"
#include "net/api/paths.hpp"
#include "net/api/records.hpp"
#include "net/outbox/database.hpp"
#include "net/outbox/outbox.hpp"
#include "net/outbox/requests.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <format>
#include <iterator>
#include <sodium/crypto_hash_sha256.h>
#include <span>
#include <string>
#include <string_view>

namespace haven::outbox::detail {
namespace {

class Sha256 {
  public:
    Sha256() { crypto_hash_sha256_init(&state_); }
    void add(std::string_view bytes) {
        crypto_hash_sha256_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()),
                                  bytes.size());
    }
    std::string hexadecimal() {
        std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
        crypto_hash_sha256_final(&state_, digest.data());
        std::string text;
        for (const unsigned char value : digest) {
            std::format_to(std::back_inserter(text), "{:02x}", value);
        }
        return text;
    }

  private:
    crypto_hash_sha256_state state_{};
};

/// Gathers the pieces the trace was stored in into bodies of the largest size the server takes.
class ChunkCutter {
  public:
    ChunkCutter(Database& database, const Uuid& drawing_id)
        : database_(database), drawing_id_(drawing_id) {}

    Result<void> add(std::string_view bytes) {
        digest_.add(bytes);
        while (!bytes.empty()) {
            const std::string_view part = bytes.substr(0, chunk_bytes_max - chunk_.size());
            chunk_.append(part);
            bytes.remove_prefix(part.size());
            if (chunk_.size() == chunk_bytes_max) {
                if (Result<void> sent = flush(); !sent) {
                    return sent;
                }
            }
        }
        return {};
    }

    Result<void> complete() {
        if (Result<void> sent = flush(); !sent || offset_ == 0) {
            return sent;
        }
        const api::TraceCompletion completion{.size_bytes = offset_,
                                              .sha256 = digest_.hexadecimal()};
        return enqueue(database_, drawing_id_, RequestKind::trace_completion,
                       api::trace_path(drawing_id_), api::encode(completion));
    }

  private:
    static constexpr auto chunk_bytes_max = static_cast<std::size_t>(api::trace_chunk_bytes_max);

    Result<void> flush() {
        if (chunk_.empty()) {
            return {};
        }
        Result<void> sent = enqueue(database_, drawing_id_, RequestKind::trace_chunk,
                                    api::trace_chunk_path(drawing_id_, offset_), chunk_);
        offset_ += static_cast<std::int64_t>(chunk_.size());
        chunk_.clear();
        return sent;
    }

    Database& database_;
    Uuid drawing_id_;
    Sha256 digest_;
    std::string chunk_;
    std::int64_t offset_ = 0;
};

} // namespace

Result<void> enqueue_trace(Database& database, const Uuid& drawing_id) {
    std::string trace; // trace_bytes_recorded_max at most
    const Result<void> read = database.each(
        "SELECT bytes FROM trace_chunks WHERE drawing_id = ? ORDER BY offset",
        [&trace](const Row& row) { trace += row.text(0); }, drawing_id);
    if (!read) {
        return read;
    }
    // A server takes a whole trace: one that a crash cut off ends where it was last stored.
    if (const auto ending = missing_ending(std::as_bytes(std::span{trace}))) {
        trace.resize(ending->bytes_used);
        trace.append(reinterpret_cast<const char*>(ending->end.data()), ending->end.size());
    }
    ChunkCutter cutter(database, drawing_id);
    return cutter.add(trace).and_then([&cutter] { return cutter.complete(); });
}

Result<void> drop_trace(Database& database, const Uuid& drawing_id, std::string_view reason) {
    constexpr auto chunk = static_cast<std::int64_t>(RequestKind::trace_chunk);
    constexpr auto completion = static_cast<std::int64_t>(RequestKind::trace_completion);
    return database
        .run("INSERT INTO dropped (drawing_id, what, bytes, reason) "
             "SELECT ?1, 'trace', coalesce(sum(length(body)), 0), ?4 FROM requests "
             "WHERE drawing_id = ?1 AND kind IN (?2, ?3)",
             drawing_id, chunk, completion, reason)
        .and_then([&] {
            return database.run("DELETE FROM requests WHERE drawing_id = ? AND kind IN (?, ?)",
                                drawing_id, chunk, completion);
        });
}

} // namespace haven::outbox::detail
