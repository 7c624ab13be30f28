using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume;

/// <summary>What the network says of a volume, from which masks are made. The flows belong to their workspace and live as long as it does.</summary>
/// <param name="Flows">Flow along Z, Y and X (sums over two views, 5 times the unit flow) and probability logit (sum over three), at the size they are followed at.</param>
/// <param name="Plan">What was done; its thresholds do not matter.</param>
/// <param name="NonFiniteVoxels">Number of NaN or infinite input values.</param>
public sealed record VolumeFlows(IVolumeStore<float> Flows, VolumePlan Plan, long NonFiniteVoxels);
