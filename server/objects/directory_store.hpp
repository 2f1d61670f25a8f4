#pragma once

#include "server/objects/object_store.hpp"

#include <expected>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haven::objects {

/// Objects as files under one directory. A put writes a temporary file beside its place, syncs it,
/// renames it and syncs the folder: after a crash the object is there whole or not at all. Files
/// 0600, folders 0700. Thread safe.
class DirectoryStore final : public ObjectStore {
  public:
    /// Makes the directory where it does not exist and removes what a crash left half-written.
    [[nodiscard]] static std::expected<std::unique_ptr<DirectoryStore>, ObjectError>
    open(const std::filesystem::path& directory);

    [[nodiscard]] std::expected<void, ObjectError> put(std::string_view key,
                                                       std::span<const std::byte> bytes) override;
    [[nodiscard]] std::expected<std::vector<std::byte>, ObjectError>
    get(std::string_view key) override;
    [[nodiscard]] std::expected<bool, ObjectError> exists(std::string_view key) override;
    [[nodiscard]] std::expected<void, ObjectError> remove(std::string_view key) override;
    [[nodiscard]] std::expected<void, ObjectError> check() override;

  private:
    explicit DirectoryStore(std::filesystem::path root);
    std::filesystem::path root_;
};

} // namespace haven::objects
