#pragma once

#include "environments/environment.hpp"

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace haven::environments {

/// What is wrong with a definition, where, and in whose terms: the file and the JSON pointer
/// (RFC 6901) of the member at fault. An empty pointer means the whole document.
struct EnvironmentError {
    std::filesystem::path file;
    std::string pointer;
    std::string detail;
    friend bool operator==(const EnvironmentError&, const EnvironmentError&) = default;
};

/// "cozy_cabin.json: /parts/3/size_m: expected 3 numbers, found 2", ready to be shown.
[[nodiscard]] std::string to_string(const EnvironmentError& error);

/// A place that can be stood in, as far as a list needs to know it.
struct CatalogEntry {
    std::string id;           ///< snake_case, at most 50 characters; the file's name without .json
    std::string display_name; ///< for people
    std::filesystem::path file;
    friend bool operator==(const CatalogEntry&, const CatalogEntry&) = default;
};

/// Every place in a folder, and every definition there that cannot be used. One bad file does not
/// hide the good ones.
struct Catalog {
    std::vector<CatalogEntry> entries;    ///< sorted by id
    std::vector<EnvironmentError> errors; ///< sorted by file
};

/// Reads and validates each *.json in `folder`. A folder that cannot be read is one error.
/// Any thread; builds no geometry.
[[nodiscard]] Catalog list_environments(const std::filesystem::path& folder);

/// Reads, validates and builds one place. All or nothing: unknown members, wrong types, numbers
/// out of range, unknown parts and bad ids are refused with the place of the fault, and an id must
/// be the file's name. Any thread; takes some 100 ms, so not the frame thread.
[[nodiscard]] std::expected<Environment, EnvironmentError>
load_environment(const std::filesystem::path& file, const Lighting& lighting = {});

/// The same by id: `folder`/`id`.json. An id that is not snake_case never becomes a path.
[[nodiscard]] std::expected<Environment, EnvironmentError>
load_environment(const std::filesystem::path& folder, const std::string& id,
                 const Lighting& lighting = {});

} // namespace haven::environments
