#pragma once

#include "bilateral/stroke.hpp"
#include "server/artifacts/file_forms.hpp"
#include "server/http/application.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/seal/seal.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <expected>
#include <optional>
#include <string>

namespace haven::artifacts {

[[nodiscard]] boost::asio::awaitable<http::Answer> put_file(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> get_file(http::Exchange& exchange);

/// What a row says of its file.
struct StoredFile {
    Uuid artifact_id;
    std::string object_key;
    std::string sha256_base64;
    std::optional<Uuid> encryption_key_id; ///< nothing: it is not sealed
    std::size_t bytes = 0;
};
/// The file as it was sent, one of the caller's: read and opened on a worker, in room for twice of
/// it, which is held until the answer is out.
[[nodiscard]] boost::asio::awaitable<std::expected<std::string, http::Problem>>
open_file(http::Exchange& exchange, StoredFile file);

/// Where a sealed file has its place, also that of a motion trace.
[[nodiscard]] seal::Binding file_of(const Uuid& artifact_id, const Uuid& user_id);

/// Of an object that is about to be written: another each time.
[[nodiscard]] std::string new_object_key(const Uuid& user_id, const Uuid& artifact_id);

} // namespace haven::artifacts
