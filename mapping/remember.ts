/** The function, with its last answer kept: all records of a page ask it the same. */
export function remember<Question, Answer>(
  answer: (question: Question) => Answer,
): (question: Question) => Answer {
  let last: { question: Question; answer: Answer } | null = null;
  return (question) => {
    if (last === null || last.question !== question) last = { question, answer: answer(question) };
    return last.answer;
  };
}
