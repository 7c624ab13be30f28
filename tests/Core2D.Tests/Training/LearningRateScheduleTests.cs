using Cellpose3D.Core2D.Training;

namespace Cellpose3D.Core2D.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(60)]
    [InlineData(150)]
    [InlineData(400)]
    public void Stepped_AnyLength_MatchesReference(int epochs)
    {
        NdArray<double> expected = Golden.Load<double>("lr_schedule", $"n{epochs}");

        var schedule = LearningRateSchedule.Stepped(0.005, epochs);

        // the reference lists ten rates even for a run of five epochs
        Parity.Close<double>(expected.Span[..epochs], [.. Enumerable.Range(0, epochs).Select(e => schedule[e])], 1e-15);
    }

    [Fact]
    public void Stepped_PaperRecipe_RisesThenHalvesEveryTenEpochs()
    {
        var schedule = LearningRateSchedule.Stepped(0.2, 500);

        Assert.Equal(0, schedule[0]);
        Assert.Equal(0.2, schedule[9], 12);
        Assert.Equal(0.2, schedule[399], 12);
        Assert.Equal(0.1, schedule[400], 12);
        Assert.Equal(0.05, schedule[410], 12);
        Assert.Equal(0.2 / 1024, schedule[499], 12);
    }

    [Fact]
    public void Cosine_ShortRun_RisesAndFalls()
    {
        var schedule = LearningRateSchedule.Cosine(1, 100);

        Assert.True(schedule[0] > 0 && schedule[0] < schedule[4]);
        Assert.Equal(1, schedule[5], 12);
        Assert.All(Enumerable.Range(6, 94), e => Assert.True(schedule[e] < schedule[e - 1]));
        Assert.InRange(schedule[99], 0.01, 0.02);
        Assert.Equal(1, LearningRateSchedule.Cosine(1, 1)[0]);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(double.NaN, 10)]
    [InlineData(0.1, 0)]
    public void Stepped_WrongArgument_Throws(double rate, int epochs) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Stepped(rate, epochs));
}
