"""What the kiosk can answer by itself: `config/faq/<language>.toml`. Questions and answers, the privacy notice, and
what a complaint or suggestion can be about. Words are the site's own; both languages have the same ids."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.rules.terms import Id

Text = Annotated[str, Meta(min_length=1, max_length=120)]
Sentences = Annotated[tuple[Text, ...], Meta(min_length=1, max_length=6)]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    asks: Text
    answer: Sentences


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    name: Text
    icon: Text
    question: Annotated[tuple[Question, ...], Meta(min_length=1)]


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a complaint or suggestion is about."""

    id: Id
    name: Text
    icon: Text


class Advice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    topic: Annotated[tuple[Topic, ...], Meta(min_length=1)]
    subject: Annotated[tuple[Subject, ...], Meta(min_length=1)]
    privacy: Annotated[tuple[Text, ...], Meta(min_length=1)]  # a sentence each

    def topic_of(self, topic: str) -> Topic | None:
        return next((found for found in self.topic if found.id == topic), None)

    def question_of(self, item: str) -> Question | None:
        """`item`: topic and question, as in `bill.wrong`."""
        topic_id, _, question_id = item.partition(".")
        topic = self.topic_of(topic_id)
        if topic is None:
            return None
        return next((found for found in topic.question if found.id == question_id), None)

    def subject_of(self, subject: str) -> Subject | None:
        return next((found for found in self.subject if found.id == subject), None)

    @property
    def ids(self) -> tuple[object, ...]:
        """In their order: what has to be the same in every language."""
        topics = tuple((topic.id, *(question.id for question in topic.question)) for topic in self.topic)
        return (topics, tuple(subject.id for subject in self.subject), len(self.privacy))
