#pragma once

#include "bilateral/stroke.hpp"
#include "server/artifacts/file_forms.hpp"
#include "server/http/application.hpp"
#include "server/http/routes.hpp"
#include "server/seal/seal.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace haven::artifacts {

[[nodiscard]] boost::asio::awaitable<http::Answer> put_file(http::Exchange& exchange);
[[nodiscard]] boost::asio::awaitable<http::Answer> get_file(http::Exchange& exchange);

/// Where a sealed file has its place, also that of a motion trace.
[[nodiscard]] seal::Binding file_of(const Uuid& artifact_id, const Uuid& user_id);

/// Of an object that is about to be written: another each time.
[[nodiscard]] std::string new_object_key(const Uuid& user_id, const Uuid& artifact_id);

} // namespace haven::artifacts
