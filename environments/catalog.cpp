#include "environments/catalog.hpp"

#include "environments/definition/definition.hpp"
#include "environments/definition/object_reader.hpp"
#include "environments/environment.hpp"
#include "environments/environment_builder.hpp"

#include <algorithm>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <format>
#include <string>
#include <system_error>
#include <vector>

namespace haven::environments {

std::string to_string(const EnvironmentError& error) {
    return error.pointer.empty()
               ? std::format("{}: {}", error.file.string(), error.detail)
               : std::format("{}: {}: {}", error.file.string(), error.pointer, error.detail);
}

Catalog list_environments(const std::filesystem::path& folder) {
    Catalog catalog;
    std::error_code trouble;
    std::vector<std::filesystem::path> files;
    constexpr std::size_t files_max = 1000;
    for (std::filesystem::directory_iterator at(folder, trouble), end;
         !trouble && at != end && files.size() < files_max; at.increment(trouble)) {
        if (at->path().extension() == ".json") {
            files.push_back(at->path());
        }
    }
    if (trouble) {
        catalog.errors.push_back(
            {.file = folder,
             .pointer = "",
             .detail = std::format("cannot be listed: {}", trouble.message())});
    }
    std::ranges::sort(files);
    for (const std::filesystem::path& file : files) {
        auto definition = read_definition(file);
        if (definition) {
            catalog.entries.push_back(
                {.id = definition->id, .display_name = definition->display_name, .file = file});
        } else {
            catalog.errors.push_back(definition.error());
        }
    }
    std::ranges::sort(catalog.entries, {}, &CatalogEntry::id);
    return catalog;
}

std::expected<Environment, EnvironmentError> load_environment(const std::filesystem::path& file,
                                                              const Lighting& lighting) {
    auto definition = read_definition(file);
    if (!definition) {
        return std::unexpected(definition.error());
    }
    return build_environment(*definition, lighting);
}

std::expected<Environment, EnvironmentError> load_environment(const std::filesystem::path& folder,
                                                              const std::string& id,
                                                              const Lighting& lighting) {
    if (!is_id(id)) {
        return std::unexpected(EnvironmentError{
            .file = folder,
            .pointer = "",
            .detail = "an environment's id is snake_case of at most 50 characters"});
    }
    return load_environment(folder / (id + ".json"), lighting);
}

} // namespace haven::environments
