// How far around each cube of 4 voxels there is no cell to see: empty space is crossed at once.
uniform usampler3D u_spaces;   // the cubes that are less than this away are empty; 0 where there may be something
uniform int u_skip;

// The voxels that are known to be empty around a cube at a distance, cut to the volume.
void emptyBox(ivec3 cube, int distance, ivec3 size, out ivec3 low, out ivec3 high) {
    low = max((cube - distance + 1) * 4, ivec3(0));
    high = min((cube + distance) * 4, size);
}
