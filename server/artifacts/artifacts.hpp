#pragma once

#include "server/http/application.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/awaitable.hpp>

#include <span>

/// What a person makes in an exercise: a text, a recording, a picture, motion. First its facts and,
/// for a text, the text; then the file by itself. What is sealed (asked for by the client, and
/// always above the sensitivity `standard`) is kept sealed in the database and in the object store,
/// under the person's own key, and is given back in clear to that person alone.
namespace haven::artifacts {

[[nodiscard]] std::span<const http::Route> routes();

/// What a statement answered that reads or writes an artifact: with its text opened.
[[nodiscard]] boost::asio::awaitable<http::Answer> answer_opened(http::Exchange& exchange,
                                                                 http::OperationResult result);

} // namespace haven::artifacts
