namespace Cellpose3D.Core2D.Training;

/// <summary>How the learning rate changes over the epochs.</summary>
public enum ScheduleKind
{
    /// <summary>The reference's: see <see cref="LearningRateSchedule.Stepped"/>.</summary>
    Stepped,

    /// <summary>Half a cosine, for short runs: see <see cref="LearningRateSchedule.Cosine"/>.</summary>
    Cosine,
}
