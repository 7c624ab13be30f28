using Cellpose3D.Tracking.TemporalFlow.Learned;

namespace Cellpose3D.Tracking.Tests.TemporalFlow.Learned;

public sealed class FlowVotesTests
{
    [Fact]
    public void Count_OneSampleBetweenTwo_SharesByLikelihood()
    {
        // carried onto the first candidate; the second lies 1 off along y, two scales of 0.5
        var samples = new FlowSamples([0], [1], [0, 2, 1], [1, 0.5f, 0.5f]);
        float[] votes = new float[2], distances = new float[2];

        FlowVotes.Count(samples, [[(0, 0, 2, 1), (1, 0, 3, 1)]], votes, distances);

        double total = 1 + Math.Exp(-2) + Math.Exp(-6);
        Assert.Equal(1 / total, votes[0], 1e-6);
        Assert.Equal(Math.Exp(-2) / total, votes[1], 1e-6);
        Assert.Equal(0, distances[0], 1e-6);
        Assert.Equal(2, distances[1], 1e-6);
    }

    [Fact]
    public void Count_SamplesThatDisagree_AreWeighedByTheirShares()
    {
        var samples = new FlowSamples([0, 0], [0.25f, 0.75f], [0, 0, 0, 0, 9, 9], [1, 0.1f, 0.1f, 1, 0.1f, 0.1f]);
        float[] votes = new float[2], distances = new float[2];

        FlowVotes.Count(samples, [[(0, 0, 0, 0), (1, 0, 9, 9)]], votes, distances);

        double sure = 1 / (1 + Math.Exp(-6));
        Assert.Equal(0.25 * sure, votes[0], 1e-6);
        Assert.Equal(0.75 * sure, votes[1], 1e-6);
        Assert.Equal(0.75 * 12, distances[0], 1e-5);                     // beyond the largest distance, which is 12
    }

    [Fact]
    public void Count_FarFromAll_VotesForNone()
    {
        var samples = new FlowSamples([0], [1], [0, 0, 0], [1, 0.1f, 0.1f]);
        float[] votes = new float[1], distances = new float[1];

        FlowVotes.Count(samples, [[(0, 0, 3, 0)]], votes, distances);

        Assert.InRange(votes[0], 0, 1e-8);
        Assert.Equal(12, distances[0]);
    }

    [Fact]
    public void Count_AlongZ_CountsAsAlongTheOthers()
    {
        var samples = new FlowSamples([0, 1], [1, 1], [1, 0, 0, 0, 0, 0], [0.5f, 1, 1, 1, 1, 1]);
        float[] votes = new float[3], distances = new float[3];

        FlowVotes.Count(samples, [[(0, 1, 0, 0), (2, 2, 0, 0)], [(1, 0, 0, 0)]], votes, distances);

        Assert.Equal(0, distances[0], 1e-6);
        Assert.Equal(2, distances[2], 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(-6)), votes[1], 1e-6);
    }

    [Fact]
    public void Count_CellWithoutCandidates_IsPassedOver()
    {
        var samples = new FlowSamples([0], [1], [0, 0, 0], [1, 1, 1]);
        float[] votes = [], distances = [];

        FlowVotes.Count(samples, [null], votes, distances);

        Assert.Empty(votes);
    }
}
