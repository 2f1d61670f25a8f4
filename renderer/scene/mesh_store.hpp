#pragma once

#include "renderer/scene/chunks.hpp"
#include "renderer/scene/scene.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace haven::scene {

/// A mesh as it is drawn, and how it is cut.
struct ReadyMesh {
    SceneMesh mesh;
    std::vector<MeshChunk> chunks; ///< cover the indices in order
};

/// Meshes that took a while to make ready, kept in a folder between starts: a file each, named by
/// what it was made from. What is damaged, or was made by another build of this program, is as good
/// as not there.
class MeshStore {
  public:
    static constexpr std::size_t files_max = 24; ///< the oldest goes for a new one

    /// An empty folder keeps nothing.
    explicit MeshStore(std::filesystem::path folder);
    [[nodiscard]] std::optional<ReadyMesh> find(std::uint64_t made_from) const;
    void keep(std::uint64_t made_from, const ReadyMesh& ready) const;

  private:
    [[nodiscard]] std::filesystem::path file_of(std::uint64_t made_from) const;
    std::filesystem::path folder_;
};

} // namespace haven::scene
