using System.Globalization;

namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>A row of the training curve: means over its steps, and over the validation clips after them.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Loss">The whole loss.</param>
/// <param name="Matching">Its part for partners, in nats.</param>
/// <param name="Flow">Its part for motion, in nats.</param>
/// <param name="Events">Its part for appearing, disappearing and dividing, in nats.</param>
/// <param name="Accuracy">Share of cells whose right partner, or none, has more than half of the probability.</param>
/// <param name="ValidationLoss">The loss on held-out clips; NaN without any.</param>
/// <param name="ValidationAccuracy">The accuracy on held-out clips; NaN without any.</param>
/// <param name="LearningRate">Of its last step.</param>
/// <param name="Seconds">Time it took.</param>
public sealed record TemporalRecord(
    int Step, double Loss, double Matching, double Flow, double Events, double Accuracy, double ValidationLoss, double ValidationAccuracy, double LearningRate, double Seconds)
{
    /// <summary>The columns of <see cref="ToCsv"/>.</summary>
    public const string CsvHeader = "step,loss,matching,flow,events,accuracy,validation_loss,validation_accuracy,learning_rate,seconds";

    /// <summary>One line of comma-separated values, without its end.</summary>
    public string ToCsv() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Step},{Loss:r},{Matching:r},{Flow:r},{Events:r},{Accuracy:r},{ValidationLoss:r},{ValidationAccuracy:r},{LearningRate:r},{Seconds:r}");

    /// <summary>Reads a line of <see cref="ToCsv"/>.</summary>
    /// <param name="line">Without its end.</param>
    /// <exception cref="InvalidDataException">Not ten numbers.</exception>
    public static TemporalRecord FromCsv(string line)
    {
        string[] cells = line.Split(',');
        double[] values = new double[cells.Length];
        for (int n = 0; n < cells.Length; n++)
        {
            if (!double.TryParse(cells[n], CultureInfo.InvariantCulture, out values[n]))
                throw new InvalidDataException($"a training curve's row must be numbers; got '{line}'.");
        }
        return values is [var step, var a, var b, var c, var d, var e, var f, var g, var h, var i]
            ? new TemporalRecord((int)step, a, b, c, d, e, f, g, h, i)
            : throw new InvalidDataException($"a training curve's row must be {CsvHeader}; got '{line}'.");
    }
}
