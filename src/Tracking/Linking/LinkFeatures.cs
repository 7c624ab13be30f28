namespace Cellpose3D.Tracking.Linking;

/// <summary>What speaks for and against a candidate link from a cell u of an earlier frame to a cell v of a later one.</summary>
/// <param name="IoaTarget">Share of v that u covers once moved to where it is expected, 0 to 1.</param>
/// <param name="IoaSource">Share of the moved u that lies on v, 0 to 1.</param>
/// <param name="Vote">Share of v's voxels that vote for u, 0 to 1: by diffusion where cells compete, by overlap elsewhere.</param>
/// <param name="Distance">From where u is expected to v, in median diameters.</param>
/// <param name="Rank">How many other cells of u's frame are expected nearer to v.</param>
/// <param name="LogArea">Absolute log of the ratio of sizes; a half counts as the whole where v may be a daughter.</param>
/// <param name="LogIntensity">Absolute log of the ratio of mean intensities; 0 without an image.</param>
/// <param name="Border">1 when u or v touches the image's side, else 0.</param>
/// <param name="Gap">Frames skipped: 0 for neighbouring frames.</param>
/// <param name="Motion">How unpredictably the movie's cells move between these frames: 0 not at all, 1 by half a diameter or more.</param>
public readonly record struct LinkFeatures(
    float IoaTarget, float IoaSource, float Vote, float Distance, float Rank, float LogArea, float LogIntensity, float Border, float Gap, float Motion)
{
    /// <summary>Number of features beside <see cref="Motion"/>, which decides how the others weigh.</summary>
    public const int Count = 9;

    /// <summary>Writes the features but <see cref="Motion"/>, in the order of the parameters.</summary>
    /// <param name="values">Receives <see cref="Count"/> values.</param>
    public void CopyTo(Span<double> values)
    {
        values[0] = IoaTarget;
        values[1] = IoaSource;
        values[2] = Vote;
        values[3] = Distance;
        values[4] = Rank;
        values[5] = LogArea;
        values[6] = LogIntensity;
        values[7] = Border;
        values[8] = Gap;
    }
}
